/**
 * Owns the evaluation of parsed chat templates: scopes, loops, macros, filters, tests, methods, the few globals.
 *
 * <p>Does not parse, and reaches nothing outside its arguments: no files, no reflection, no clock but the time it is given.
 * Every operation pays from one {@link dev.foretoken.gateway.template.value.Budget}. Entry type:
 * {@link dev.foretoken.gateway.template.eval.Rendering}, one per rendering, used by one thread.
 */
@NullMarked
package dev.foretoken.gateway.template.eval;

import org.jspecify.annotations.NullMarked;
