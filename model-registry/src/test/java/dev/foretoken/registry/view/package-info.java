/**
 * Owns the tests of views: made, shared, damaged, removed.
 *
 * <p>Does not open models. Entry type: {@link dev.foretoken.registry.view.VariantViewTest}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.view;
