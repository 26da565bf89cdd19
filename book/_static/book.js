// What CSS cannot do. The theme does the same for code and tables.

// A formula wider than the page scrolls; without a tab stop, keys cannot reach it.
function addTabStops() {
  for (const formula of document.querySelectorAll("div.math")) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
}
addTabStops();
addEventListener("resize", addTabStops);

// Paper is white: print with the light colors, then give back the reader's.
let readersTheme;
addEventListener("beforeprint", () => {
  readersTheme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = readersTheme;
});
