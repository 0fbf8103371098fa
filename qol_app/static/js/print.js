// The button named "print" prints the page.

const button = document.querySelector('button[name="print"]');
if (button) button.addEventListener("click", () => window.print());
