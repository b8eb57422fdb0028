// Where the page is, in the part of the address after `#`: `#/` is the lobby, `#/c/<channel id>` a channel. Links can be shared.

import { useSyncExternalStore } from 'react';
import { parseChannelId } from '../base/ids.ts';

export type Route =
  | { readonly page: 'lobby' }
  | { readonly page: 'channel'; readonly channelId: string }
  | { readonly page: 'wrongLink'; readonly text: string };

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '');
  if (path === '') return { page: 'lobby' };
  const id = /^c\/([^/]+)\/?$/.exec(path)?.[1];
  if (id !== undefined) {
    try {
      return { page: 'channel', channelId: parseChannelId(id).toString() };
    } catch {
      return { page: 'wrongLink', text: path };
    }
  }
  return { page: 'wrongLink', text: path };
}

export function channelHref(channelId: string): string {
  return `#/c/${channelId}`;
}

/** The link to give to others. */
export function shareLink(channelId: string): string {
  return `${location.origin}${location.pathname}${channelHref(channelId)}`;
}

/** Reads a whole link, its `#…` part, or a bare channel number, as somebody would paste it. */
export function parsePastedLink(text: string): Route {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return parseRoute(`c/${trimmed}`);
  const hash = trimmed.indexOf('#');
  return hash < 0 ? { page: 'wrongLink', text: trimmed } : parseRoute(trimmed.slice(hash));
}

export function goTo(hash: string): void {
  location.hash = hash;
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => location.hash,
  );
  return parseRoute(hash);
}
