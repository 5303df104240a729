/**
 * Owns the promise that an answer has the same bits alone and in company. Does not test single answers. Entry type: {@link
 * dev.foretoken.e2e.invariance.BatchInvarianceTest}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.invariance;
