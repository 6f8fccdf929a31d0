/// What stands in the page before its script fills it.
enum PageMarkup {
  /// Up to the style.
  static let head = #"""
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>nomyo-proxy API reference</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <link rel="icon" href="data:image/svg+xml,\#(icon)">

    """#

  /// From the end of the style to the script.
  static let body = #"""

    </head>
    <body>
    <a class="skip" id="skip" href="#">Skip to the reference</a>
    <header class="bar">
      <button class="menu" id="menu" type="button" aria-expanded="false" aria-controls="routes">Routes</button>
      <a class="brand" href="#">
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <rect x="2.5" y="5" width="19" height="14" rx="3"></rect>
          <path d="M3.5 7l8.5 6.5L20.5 7"></path>
          <circle cx="12" cy="13.5" r="2.6"></circle>
        </svg>
        <span>nomyo-proxy</span>
        <span class="version" id="version"></span>
      </a>
      <p class="state" id="state" role="status"></p>
      <label class="token" for="token">
        <span class="hidden">API token</span>
        <input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="API token" title="Never stored">
      </label>
    </header>
    <div class="frame">
      <nav class="routes" id="routes" aria-label="Routes">
        <label class="hidden" for="filter">Filter routes</label>
        <input id="filter" type="search" placeholder="Filter routes" autocomplete="off" spellcheck="false">
        <div id="chapters"></div>
      </nav>
      <main id="main" tabindex="-1">
        <p class="loading">Reading the OpenAPI document…</p>
        <noscript><p>This page is made from <a href="openapi.json">openapi.json</a> by a script; the document can
        be read without it.</p></noscript>
      </main>
    </div>

    """#

  /// After the script.
  static let end = "\n</body>\n</html>\n"

  /// The envelope of the header, small; `#` has to be escaped in a URL.
  private static let icon =
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%230f766e' stroke-width='2'%3E"
    + "%3Crect x='2' y='4.5' width='20' height='15' rx='3'/%3E%3Cpath d='M3 7l9 7 9-7'/%3E%3C/svg%3E"
}
