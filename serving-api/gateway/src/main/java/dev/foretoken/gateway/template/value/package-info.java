/**
 * Owns the values a chat template computes with, and what Python does with them: truth, equality, order, text forms, JSON.
 *
 * <p>Does not know template syntax, and holds no Java object of the outside world: every value is made of JSON data, or is
 * a function of the interpreter. Entry type: {@link dev.foretoken.gateway.template.value.Value}. Called by the thread that
 * renders.
 */
@NullMarked
package dev.foretoken.gateway.template.value;

import org.jspecify.annotations.NullMarked;
