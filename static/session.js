// A page outlives its session: what was entered stays, nothing is sent for someone else, and no answer fails silently.
//
// Before a form is sent, and where htmx gets no good answer, this asks whose session it is. If it is the page's own,
// the page gets today's CSRF token and goes on; else a notice of _page_notice.html says why not, and what to do.
"use strict";

(() => {
  const notice = document.getElementById("page-notice");
  const headers = () => JSON.parse(document.body.getAttribute("hx-headers"));
  const page = headers()["X-Page-Of"];
  const [user, company] = page.split("-");
  // While one of these holds, htmx need not ask: it would be refused.
  const BLOCKING = ["signed-out", "ready", "other-user", "other-company", "no-member"];
  const AGAIN = "X-Asked-Again";
  const PATIENCE_MS = 20_000;

  let token = "";
  let form = null; // what sends the form that waits
  const requests = new Map(); // by element, what asks again for the answer that failed
  const checking = new WeakSet();
  const cleared = new WeakSet();

  // Whose session it is

  const take = () => {
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => (input.value = token));
    document.body.setAttribute("hx-headers", JSON.stringify({ ...headers(), "X-CSRFToken": token }));
  };

  // The name of the notice, or nothing where the page may go on.
  const trouble = async () => {
    let now;
    try {
      const answer = await fetch(notice.dataset.session, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) return "failed";
      now = await answer.json();
    } catch {
      return "offline";
    }
    token = now.token;
    if (now.page_of === page) {
      take();
      return "";
    }
    if (!now.page_of) return "signed-out";
    if (now.page_of.split("-")[0] !== user) return "other-user";
    return now.companies.includes(Number(company)) ? "other-company" : "no-member";
  };

  // The notice

  const kind = () => notice.dataset.kind ?? "";
  const isBlocked = () => BLOCKING.includes(kind());

  const show = (name, { focus = notice.contains(document.activeElement) } = {}) => {
    if (kind() !== name) {
      notice.dataset.kind = name;
      notice.hidden = false;
      notice.replaceChildren(document.getElementById(`notice-${name}`).content.cloneNode(true));
    }
    if (focus) notice.focus();
  };

  const hide = () => {
    delete notice.dataset.kind;
    notice.hidden = true;
    notice.replaceChildren();
  };

  const goOn = async () => {
    const name = await trouble();
    if (name) {
      show(name, { focus: true });
      return;
    }
    hide();
    const again = form ? [form] : [...requests.values()];
    form = null;
    requests.clear();
    again.forEach((send) => send());
  };

  const goBack = async () => {
    const body = new URLSearchParams({ company });
    const options = { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual" };
    await fetch(notice.dataset.switch, options).catch(() => {});
    await goOn();
  };

  notice.addEventListener("click", (event) => {
    if (event.target.closest("[data-go-on]")) goOn();
    if (event.target.closest("[data-go-back]")) goBack();
    if (event.target.closest("[data-close]")) {
      form = null;
      hide();
    }
  });

  // Back from the tab where someone signed in.
  const comeBack = async () => {
    if (document.hidden || !isBlocked() || kind() === "ready") return;
    const name = await trouble();
    if (name || form) show(name || "ready");
    else goOn();
  };
  window.addEventListener("focus", comeBack);
  document.addEventListener("visibilitychange", comeBack);

  // A form is sent once the session is known to be the page's. What htmx took on is its own matter, below.
  document.addEventListener("submit", async (event) => {
    const asked = event.target;
    const isPost = asked.getAttribute("method")?.toLowerCase() === "post";
    if (!isPost || event.defaultPrevented || cleared.delete(asked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (checking.has(asked)) return;
    checking.add(asked);
    asked.setAttribute("aria-busy", "true");
    const name = await trouble();
    asked.removeAttribute("aria-busy");
    checking.delete(asked);
    const send = () => {
      cleared.add(asked);
      asked.requestSubmit(event.submitter?.isConnected ? event.submitter : null);
    };
    if (name === "other-company" && asked.matches("[data-any-company]")) {
      take();
      send();
    } else if (name) {
      form = send;
      show(name, { focus: true });
    } else {
      send();
    }
  });

  // htmx

  const keep = ({ requestConfig: { elt, verb, path } }) => {
    requests.set(elt, () => {
      if (elt.isConnected) htmx.ajax(verb, path, { source: elt, headers: { [AGAIN]: "1" } });
    });
  };

  const failed = async (detail, name) => {
    keep(detail);
    const again = detail.requestConfig.headers[AGAIN];
    if (name) show(name);
    else if ((name = await trouble())) show(name);
    else if (again) show("failed");
    else goOn();
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isBlocked()) return;
    event.preventDefault();
    keep(event.detail);
  });
  document.addEventListener("htmx:sendError", (event) => failed(event.detail, "offline"));
  document.addEventListener("htmx:timeout", (event) => failed(event.detail, "offline"));
  document.addEventListener("htmx:responseError", (event) => {
    failed(event.detail, event.detail.xhr.status === 401 ? "" : "failed");
  });
  // A whole page is no answer for a part of this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    const isPage = /^\s*<!doctype/i.test(detail.serverResponse);
    if (!isPage || detail.isError || detail.requestConfig.elt.closest("[hx-select]")) return;
    detail.shouldSwap = false;
    detail.isError = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    requests.delete(event.detail.requestConfig.elt);
    if (!isBlocked() && !form && !requests.size) hide();
  });
})();
