/** Rounds to whole cents, halves up. */
export function roundCents(value) {
  return Math.floor(value + 0.5);
}

/** 1234, "EUR" → "12.34 EUR". */
export function formatMoney(cents, currency) {
  if (!Number.isInteger(cents)) throw new TypeError(`not whole cents: ${cents}`);
  const sign = cents < 0 ? "-" : "";
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`;
}
