extension PageStyle {
  /// The overview, the operations and the console.
  static let parts = #"""
    .verb { font: 650 0.75rem/1 var(--mono); letter-spacing: 0.02em; }
    .verb-get { color: var(--get); }
    .verb-post { color: var(--post); }
    .verb-delete { color: var(--bad); }
    .lead { display: grid; gap: 0.75rem; max-width: 44rem; margin-top: 0.9rem; }
    .said { color: var(--soft); max-width: 44rem; }
    .kind { color: var(--soft); font-size: 0.8125rem; font-weight: 400; }
    .required { color: var(--wait); font-size: 0.75rem; font-weight: 600; }
    .badge { display: inline-block; padding: 0.05rem 0.5rem; border-radius: 99px; font-size: 0.75rem; font-weight: 600; }
    .badge-good { color: var(--good); background: var(--good-tint); }
    .badge-bad { color: var(--bad); background: var(--bad-tint); }
    .badge-wait { color: var(--wait); background: var(--wait-tint); }
    kbd { padding: 0.05rem 0.35rem; border: 1px solid var(--line); border-radius: 4px; font-size: 0.6875rem; }

    .overview { max-width: 58rem; }
    .overview > section { margin-top: 2.5rem; }
    .bases { width: 100%; margin-top: 0.75rem; border-collapse: collapse; }
    .bases th, .bases td { padding: 0.5rem 1rem 0.5rem 0; border-bottom: 1px solid var(--line); text-align: left; }
    .bases th { font-weight: 600; white-space: nowrap; }
    .bases td:nth-child(2) code { color: var(--soft); }
    .bases td:last-child { padding-right: 0; text-align: right; }
    .index { margin-top: 0.6rem; border-top: 1px solid var(--line); }
    .index li { border-bottom: 1px solid var(--line); }
    .index a {
      display: grid; grid-template-columns: 3rem minmax(0, 3fr) minmax(0, 2fr); gap: 0.75rem; align-items: baseline;
      padding: 0.5rem 0.25rem; color: var(--ink); text-decoration: none;
    }
    .index a:hover { background: var(--tint); }
    .index a > span:last-child { color: var(--soft); }

    .operation { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 32rem); gap: 3rem; max-width: 88rem; }
    .operation .text > section { margin-top: 2.25rem; }
    .chapter { color: var(--accent); font-size: 0.8125rem; font-weight: 600; }
    .address { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.4rem 0.75rem; margin-top: 0.5rem; }
    .address > code { padding: 0; background: none; font-size: 0.875rem; }
    .schema > .said { margin-top: 0.4rem; }
    .members { margin-top: 0.6rem; border-top: 1px solid var(--line); }
    .members > li { padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
    .member { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.15rem 0.75rem; }
    .member-name { font-weight: 600; }
    .members .said { font-size: 0.875rem; line-height: 1.5; }
    .limit code { color: var(--ink); }
    .members details { margin-top: 0.4rem; }
    .members details > .members { margin: 0.4rem 0 0 0.3rem; padding-left: 1rem; border: 0; border-left: 2px solid var(--line); }
    .members details .members > li:last-child { border-bottom: 0; }
    summary { cursor: pointer; width: fit-content; color: var(--soft); font-size: 0.8125rem; border-radius: 4px; }
    summary:hover { color: var(--ink); }
    .content { margin-top: 0.75rem; }
    .content > summary { color: var(--ink); font-size: 0.875rem; }
    .content h4 { margin: 1rem 0 0.4rem; }
    .content .code { margin-top: 0.6rem; }
    .faults { display: grid; grid-template-columns: 3rem minmax(0, 1fr); margin-top: 0.6rem; font-size: 0.875rem; }
    .faults dt, .faults dd { padding: 0.35rem 0; border-bottom: 1px solid var(--line); }
    .faults dt { font: 600 0.8125rem/1.7 var(--mono); }
    .faults dd { color: var(--soft); }
    .code {
      max-height: 30rem; overflow: auto; padding: 0.8rem 1rem; border: 1px solid var(--line); border-radius: 8px;
      background: var(--tint); line-height: 1.55; white-space: pre-wrap; scrollbar-width: thin;
    }
    .json-name { color: var(--json-name); }
    .json-string { color: var(--json-string); }
    .json-value { color: var(--json-value); }

    .side { min-width: 0; }
    .console {
      position: sticky; top: calc(var(--bar) + 1.5rem); max-height: calc(100vh - var(--bar) - 3rem); overflow-y: auto;
      padding: 1.25rem; border: 1px solid var(--line); border-radius: 12px; background: var(--tint);
      scrollbar-width: thin; scrollbar-color: var(--line) transparent;
    }
    .field, .console > details { margin-top: 0.9rem; }
    .field > input, .field > select { width: 100%; }
    .field label { display: block; margin-bottom: 0.25rem; font-size: 0.875rem; font-weight: 500; }
    .field label code { font-weight: 500; }
    .field-head { display: flex; align-items: center; justify-content: space-between; gap: 1rem; margin-bottom: 0.4rem; }
    .field-head label { margin: 0; }
    .field-head .choice {
      display: flex; align-items: center; gap: 0.5rem; color: var(--soft); font-size: 0.8125rem; font-weight: 400;
    }
    .field-head select { min-height: 0; padding: 0.15rem 0.4rem; font-size: 0.8125rem; }
    textarea {
      display: block; width: 100%; min-height: 6rem; max-height: 60vh; padding: 0.75rem 0.9rem; resize: vertical;
      font: 0.8125rem/1.6 var(--mono); tab-size: 2; white-space: pre-wrap;
    }
    textarea.faulty { border-color: var(--wait); }
    .hint { color: var(--wait); font-size: 0.8125rem; }
    .hint:not(:empty) { margin-top: 0.3rem; }
    .actions { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 1rem; }
    .keys { margin-top: 0.6rem; color: var(--soft); font-size: 0.75rem; }

    .answer { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
    .verdict { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
    .outcome { font-weight: 500; }
    .clock { color: var(--soft); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
    [role="tablist"] { display: flex; gap: 1.25rem; margin-top: 0.75rem; border-bottom: 1px solid var(--line); }
    [role="tab"] {
      min-height: 0; padding: 0.3rem 0; margin-bottom: -1px; border: 0; border-bottom: 2px solid transparent;
      border-radius: 0; background: none; color: var(--soft); font-size: 0.875rem;
    }
    [role="tab"][aria-selected="true"] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
    .panel { padding-top: 0.9rem; }
    .panel .code { background: var(--paper); }
    .transcript { display: grid; gap: 0.75rem; }
    .transcript p { white-space: pre-wrap; }
    .piece-thought { padding-left: 0.9rem; border-left: 2px solid var(--line); color: var(--soft); }
    .piece-call p { font: 0.8125rem/1.55 var(--mono); }
    .piece-error p { color: var(--bad); }
    .events { max-height: 26rem; overflow: auto; scrollbar-width: thin; }
    .events summary {
      display: flex; align-items: baseline; gap: 0.75rem; width: auto; padding: 0.3rem 0.25rem; list-style: none;
    }
    .events summary::-webkit-details-marker { display: none; }
    .events summary:hover { background: var(--sunk); }
    .events li { border-bottom: 1px solid var(--line); }
    .events .code { margin: 0.2rem 0 0.6rem; }
    .after { flex: none; min-width: 3.6rem; color: var(--soft); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
    .event-name { flex: none; color: var(--ink); font-weight: 500; }
    .gist { overflow: hidden; text-overflow: ellipsis; white-space: pre; color: var(--soft); font-size: 0.75rem; }
    .gist-read { color: var(--json-string); }
    .fields { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1rem; font-size: 0.8125rem; }
    .fields dt { color: var(--soft); }
    .fields dd { font-family: var(--mono); font-size: 0.75rem; line-height: 1.8; }

    @media (max-width: 80rem) {
      .operation { grid-template-columns: minmax(0, 1fr); gap: 2.5rem; max-width: 48rem; }
      .console { position: static; max-height: none; }
    }
    @media (max-width: 52rem) {
      .bar { gap: 0.9rem; padding: 0 1rem; }
      .menu { display: block; }
      .version, .brand svg { display: none; }
      .token { flex: 1; }
      .token input { width: 100%; }
      .state { font-size: 0; gap: 0; }
      .frame { display: block; }
      .routes { display: none; position: fixed; inset: var(--bar) 0 0 0; z-index: 1; height: auto; border: 0; }
      .routes.open { display: block; }
      main { padding: 1.5rem 1rem 4rem; }
      .index a { grid-template-columns: 3rem minmax(0, 1fr); }
      .index a > span:last-child { grid-column: 2; }
      .bases td:nth-child(2) { display: none; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .routes a, button, .index a { transition: background-color 120ms, border-color 120ms; }
    }

    """#
}
