/** A basket: `{ currency, lines: [{ sku, name, cents, quantity }] }`. */
export function emptyBasket(currency) {
  return { currency, lines: [] };
}

/** A new basket with `quantity` more of the product; lines with the same sku are one line. */
export function addLine(basket, { sku, name, cents }, quantity = 1) {
  if (!Number.isInteger(cents) || cents < 0) throw new TypeError(`not whole cents: ${cents}`);
  if (!Number.isInteger(quantity) || quantity < 1) throw new RangeError(`not a quantity: ${quantity}`);
  const known = basket.lines.some((line) => line.sku === sku);
  const lines = known
    ? basket.lines.map((line) => (line.sku === sku ? { ...line, quantity: line.quantity + quantity } : line))
    : [...basket.lines, { sku, name, cents, quantity }];
  return { ...basket, lines };
}

/** What the lines cost together, in cents. */
export function subtotal(basket) {
  return basket.lines.reduce((sum, line) => sum + line.cents * line.quantity, 0);
}
