// Sets light or dark before the first paint; the reader's own choice, kept in a cookie that the server writes into
// data-choice, wins over the system's wish.
document.documentElement.dataset.theme = document.documentElement.dataset.choice ||
  (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
