/**
 * Owns the fakes that tests of every module share: a runtime that computes tokens from what its block tables really hold, its provider, a
 * sequence and an engine that hold what a test writes, a clock and a telemetry that tests move and read.
 *
 * <p>Does not test anything itself and computes no model. Entry type: {@link dev.foretoken.contract.fake.FakeModel}. A
 * {@link dev.foretoken.contract.fake.FakeRuntime} has one caller thread like any runtime; clock, gate and telemetry may be used from any.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.fake;
