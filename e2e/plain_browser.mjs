// A browser without script: it keeps cookies, follows redirects and sends forms, as far as the sign-in pages need it.

export class PlainBrowser {
  #cookies = new Map();

  /** Opens `url` and follows redirects, until a page is shown or an address begins with `stop`. */
  async open(url, { stop, form } = {}) {
    let request = form ? { method: "POST", body: new URLSearchParams(form) } : {};
    for (let hops = 0; hops < 10; hops += 1) {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(url, { ...request, redirect: "manual", headers: cookie ? { cookie } : {} });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        this.#cookies.set(name, value);
      }
      const location = response.headers.get("location");
      if (!location) return new Page(this, url, response.status, await response.text());
      url = new URL(location, url);
      if (stop && url.href.startsWith(stop)) return url;
      request = {};
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }
}

class Page {
  constructor(browser, url, status, html) {
    Object.assign(this, { browser, url, status, html });
  }

  /** Sends the page's form with its hidden fields and `fields`. */
  async submit(fields, { stop } = {}) {
    const action = /<form[^>]* action="([^"]*)"/.exec(this.html)?.[1];
    if (action === undefined) throw new Error(`no form on the page:\n${this.html}`);
    const hidden = [...this.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    const form = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, unescape(value)])), ...fields };
    return this.browser.open(new URL(unescape(action), this.url), { stop, form });
  }
}

function unescape(text) {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}

/** Signs in on the pages that `url` leads to and returns the address that goes back to the application. */
export async function signIn(url, stop, login, passwd) {
  const identifier = await new PlainBrowser().open(url, { stop });
  const password = await identifier.submit({ login });
  let next = await password.submit({ login, passwd }, { stop });
  if (next instanceof Page && next.html.includes('name="consent"')) next = await next.submit({ consent: "accept" }, { stop });
  if (next instanceof Page) throw new Error(`the sign-in stopped at a page:\n${next.html}`);
  return next;
}

/** Enters the code that an app on another device shows, signs in, and agrees. */
export async function answerDeviceCode({ verificationUri, userCode }, login, passwd) {
  const entry = await new PlainBrowser().open(verificationUri);
  const identifier = await entry.submit({ user_code: userCode });
  const password = await identifier.submit({ login });
  const confirmation = await password.submit({ login, passwd });
  const done = await confirmation.submit({ answer: "continue" });
  if (!done.html.includes("You are signed in")) throw new Error(`the device code was not taken:\n${done.html}`);
}
