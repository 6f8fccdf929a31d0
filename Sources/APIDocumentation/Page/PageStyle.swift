/// The page's style.
enum PageStyle {
  /// Colours, type, and what every page has.
  static let base = #"""

    :root {
      --paper: #ffffff; --tint: #f6f7f8; --sunk: #f1f3f4; --line: #e2e5e8; --ink: #1c2126; --soft: #59636e;
      --accent: #0f766e; --accent-ink: #ffffff; --mark: #e3f2f0; --good: #17703f; --good-tint: #e2f3e8;
      --bad: #b42318; --bad-tint: #fdeceb; --wait: #8a5a00; --wait-tint: #fcf1dc; --get: #1d5fae; --post: #0f766e;
      --json-name: #0b5c8a; --json-string: #2f6f2b; --json-value: #9a3a12;
      --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", "DejaVu Sans Mono", monospace;
      --bar: 3.5rem;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14181c; --tint: #191e23; --sunk: #1d2329; --line: #2c343c; --ink: #e4e8ec; --soft: #9aa5b1;
        --accent: #4fc3b4; --accent-ink: #06211e; --mark: #1b3331; --good: #63c78b; --good-tint: #17301f;
        --bad: #f28b82; --bad-tint: #3a1d1b; --wait: #e2b25b; --wait-tint: #352a14; --get: #7db4f0; --post: #4fc3b4;
        --json-name: #7cc4ec; --json-string: #8fcf8a; --json-value: #eaa77f;
      }
    }
    *, *::before, *::after { box-sizing: border-box; }
    [hidden] { display: none !important; }
    html { scroll-padding-top: calc(var(--bar) + 1rem); }
    body {
      margin: 0; background: var(--paper); color: var(--ink); font: 400 0.9375rem/1.6 var(--sans);
      text-rendering: optimizeLegibility; overflow-wrap: anywhere;
    }
    h1, h2, h4, p, ul, ol, dl, dd, pre, table { margin: 0; padding: 0; }
    ul, ol { list-style: none; }
    h1 { font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; }
    h2 { font-size: 1.0625rem; line-height: 1.4; font-weight: 650; letter-spacing: -0.005em; }
    h4 { font-size: 0.75rem; font-weight: 600; color: var(--soft); }
    a { color: var(--accent); text-underline-offset: 0.2em; }
    code, pre, textarea, kbd { font-family: var(--mono); font-size: 0.8125rem; }
    p code, dd code { padding: 0.1em 0.3em; border-radius: 4px; background: var(--sunk); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
    main:focus { outline: none; }
    .hidden {
      position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap;
    }
    .skip { position: absolute; left: -100vw; top: 0.5rem; z-index: 3; padding: 0.4rem 0.8rem; background: var(--paper); }
    .skip:focus { left: 0.5rem; }

    input, select, textarea, button {
      font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
    }
    input, select { padding: 0.3rem 0.6rem; min-height: 2.125rem; min-width: 0; }
    input::placeholder { color: var(--soft); opacity: 0.85; }
    button { padding: 0.3rem 0.8rem; min-height: 2.125rem; cursor: pointer; font-weight: 500; }
    button:hover:not(:disabled) { border-color: var(--soft); }
    button:disabled { color: var(--soft); opacity: 0.6; cursor: default; }
    .primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
    .primary[aria-disabled] { opacity: 0.55; cursor: progress; }
    .copy { min-height: 0; white-space: nowrap; padding: 0.05rem 0.5rem; font-size: 0.75rem; color: var(--soft); background: transparent; }

    .bar {
      position: sticky; top: 0; z-index: 2; display: flex; align-items: center; gap: 1.25rem; height: var(--bar);
      padding: 0 1.5rem; background: var(--paper); border-bottom: 1px solid var(--line);
    }
    .brand {
      display: flex; align-items: center; gap: 0.6rem; color: var(--ink); font-weight: 650; text-decoration: none;
      white-space: nowrap;
    }
    .brand svg { fill: none; stroke: var(--accent); stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
    .brand circle { fill: var(--paper); }
    .version { color: var(--soft); font-weight: 400; font-size: 0.8125rem; }
    .state { display: flex; align-items: center; gap: 0.45rem; color: var(--soft); font-size: 0.8125rem; }
    .state:not(:empty)::before { content: ""; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--soft); }
    .state-good::before { background: var(--good) !important; }
    .state-wait::before { background: var(--wait) !important; }
    .state-bad::before { background: var(--bad) !important; }
    .token { margin-left: auto; }
    .token input { width: 14rem; font-size: 0.875rem; }
    .menu { display: none; }

    .frame { display: grid; grid-template-columns: 17.5rem minmax(0, 1fr); }
    .routes {
      position: sticky; top: var(--bar); align-self: start; height: calc(100vh - var(--bar)); overflow-y: auto;
      padding: 1.25rem 1rem 3rem; background: var(--tint); border-right: 1px solid var(--line);
      scrollbar-width: thin; scrollbar-color: var(--line) transparent;
    }
    .routes input { width: 100%; margin-bottom: 1rem; font-size: 0.875rem; }
    .routes section + section { margin-top: 1.25rem; }
    .routes h2 { padding: 0 0.6rem 0.3rem; font-size: 0.8125rem; color: var(--soft); font-weight: 600; }
    .routes a {
      display: block; padding: 0.35rem 0.6rem; border-radius: 6px; color: var(--ink); text-decoration: none;
      line-height: 1.35;
    }
    .routes a:hover { background: var(--sunk); }
    .routes a[aria-current] { background: var(--mark); }
    .route-name { display: block; font-size: 0.875rem; }
    .routes a[aria-current] .route-name { font-weight: 600; color: var(--accent); }
    .route-path { display: block; font: 0.6875rem/1.4 var(--mono); color: var(--soft); }
    .route-path .verb { font-size: 0.625rem; }
    main { padding: 2.25rem 2.5rem 5rem; min-width: 0; }
    .loading { color: var(--soft); }

    """#
}
