import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMoney, roundCents } from "../src/money.js";

test("cents are written with two digits", () => {
  assert.equal(formatMoney(5, "EUR"), "0.05 EUR");
  assert.equal(formatMoney(123456, "EUR"), "1234.56 EUR");
  assert.equal(formatMoney(-250, "EUR"), "-2.50 EUR");
});

test("halves round up", () => {
  assert.equal(roundCents(10.5), 11);
  assert.equal(roundCents(10.49), 10);
});
