// The development wallet's popup: what a wallet extension would show before it signs. It lives in a shadow root of its own, since a
// wallet is no part of the page.

const STYLE = `
:host { all: initial; position: fixed; inset: 0; z-index: 2147483000; display: grid; place-items: start end; padding: 16px;
  background: rgb(6 18 30 / 35%); font: 14px/1.45 system-ui, sans-serif; }
section { width: min(360px, 100%); box-sizing: border-box; border-radius: 14px; background: #fff; color: #14212e; padding: 18px;
  box-shadow: 0 18px 60px rgb(0 0 0 / 35%); animation: in .14s ease-out; }
@keyframes in { from { transform: translateY(-8px); opacity: 0; } }
header { display: flex; align-items: center; gap: 8px; font-weight: 600; color: #5a3fd6; margin-bottom: 10px; }
header i { width: 10px; height: 10px; border-radius: 3px; background: #5a3fd6; }
header small { margin-left: auto; font-weight: 400; color: #667; }
h2 { font-size: 17px; margin: 0 0 10px; }
dl { margin: 0 0 14px; display: grid; grid-template-columns: auto 1fr; gap: 4px 12px; max-height: 40vh; overflow: auto; }
dt { color: #667; } dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: 12.5px; }
select { font: inherit; padding: 6px; width: 100%; margin-bottom: 14px; border-radius: 8px; border: 1px solid #ccd; background: #fff; color: inherit; }
footer { display: flex; gap: 8px; }
button { flex: 1; font: inherit; font-weight: 600; padding: 10px; border-radius: 9px; border: 1px solid #ccd; background: #fff; color: #14212e; cursor: pointer; }
button.approve { background: #5a3fd6; border-color: #5a3fd6; color: #fff; }
button:focus-visible, select:focus-visible { outline: 3px solid #b9aef5; outline-offset: 1px; }
`;

export interface ApprovalRequest {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly approve: string;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

/** Resolves to the choice (or '') when approved, to undefined when rejected. Escape rejects. */
export function askApproval(request: ApprovalRequest): Promise<string | undefined> {
  const host = document.createElement('strait-dev-wallet');
  const root = host.attachShadow({ mode: 'open' });
  const section = element('section', {
    role: 'dialog',
    'aria-modal': 'true',
    'aria-label': `Development wallet: ${request.title}`,
  });
  const header = element('header', {});
  header.append(element('i', {}), 'Development wallet', element('small', {}, 'local chain'));
  const list = element('dl', {});
  for (const [label, value] of request.facts) list.append(element('dt', {}, label), element('dd', {}, value));
  const select = element('select', { 'aria-label': 'Account' });
  for (const { value, label } of request.choices ?? []) select.append(element('option', { value }, label));
  const approve = element('button', { class: 'approve', type: 'button' }, request.approve);
  const reject = element('button', { type: 'button' }, 'Reject');
  const footer = element('footer', {});
  footer.append(reject, approve);
  section.append(header, element('h2', {}, request.title), list, ...(request.choices ? [select] : []), footer);
  root.append(element('style', {}, STYLE), section);

  const before = document.activeElement;
  document.body.append(host);
  approve.focus();
  return new Promise((resolve) => {
    const close = (answer: string | undefined): void => {
      document.removeEventListener('keydown', onKey, true);
      host.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(answer);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close(undefined);
    };
    document.addEventListener('keydown', onKey, true);
    approve.addEventListener('click', () => close(select.value));
    reject.addEventListener('click', () => close(undefined));
  });
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>>,
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
