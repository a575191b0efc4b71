// Light or dark: what the system says, until the button is used.

const key = 'weirgate-theme';

export function setUpTheme(button: HTMLButtonElement): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = stored();
  const show = () => {
    const dark = chosen ? chosen === 'dark' : system.matches;
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    button.setAttribute('aria-label', dark ? 'Use the light theme' : 'Use the dark theme');
  };
  system.addEventListener('change', show);
  button.addEventListener('click', () => {
    chosen = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem(key, chosen);
    } catch {
      // Storage may be off: the choice then lasts as long as the page.
    }
    show();
  });
  show();
}

function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
