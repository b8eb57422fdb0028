// What every part of the page may need: its configuration, the chain, and a place to say something in passing.

import { createContext, useContext } from 'react';
import { AssertionError } from '../base/errors.ts';
import type { ChainReader } from './chain-reader.ts';
import type { SiteConfig } from './config.ts';

export interface Page {
  readonly config: SiteConfig;
  readonly reader: ChainReader;
  readonly toast: (message: string, kind?: 'info' | 'bad') => void;
}

export const PageContext = createContext<Page | undefined>(undefined);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new AssertionError('usePage outside of the page');
  return page;
}
