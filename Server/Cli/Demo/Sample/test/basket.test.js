import assert from "node:assert/strict";
import { test } from "node:test";
import { addLine, emptyBasket, subtotal } from "../src/basket.js";

const tea = { sku: "tea-01", name: "Green tea", cents: 450 };
const cup = { sku: "cup-07", name: "Cup, blue", cents: 1299 };

test("an empty basket costs nothing", () => {
  assert.equal(subtotal(emptyBasket("EUR")), 0);
});

test("lines of the same product become one line", () => {
  const basket = addLine(addLine(emptyBasket("EUR"), tea), tea, 2);
  assert.deepEqual(basket.lines, [{ ...tea, quantity: 3 }]);
});

test("the subtotal adds quantities times prices", () => {
  const basket = addLine(addLine(emptyBasket("EUR"), tea, 2), cup);
  assert.equal(subtotal(basket), 2199);
});

test("adding a line leaves the basket it was given alone", () => {
  const before = addLine(emptyBasket("EUR"), tea);
  addLine(before, tea);
  assert.equal(before.lines[0].quantity, 1);
});

test("prices that are not whole cents are refused", () => {
  assert.throws(() => addLine(emptyBasket("EUR"), { ...tea, cents: 4.5 }), TypeError);
});
