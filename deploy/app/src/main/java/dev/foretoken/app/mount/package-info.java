/**
 * Owns what of the registry is served: which names lead to which variants, their settings and text, the choice that {@code auto} makes, and
 * how names move to other variants while requests run.
 *
 * <p>Does not load variants itself, and does not change the registry. Entry type: {@link dev.foretoken.app.mount.AliasWatch}. The main thread
 * starts it; from then on its own thread alone works here.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.mount;
