/**
 * Owns what callers can name: served models with their tokenizer, chat template and the engines that answer for them.
 *
 * <p>Does not load models and does not choose between engines. Entry type: {@link dev.foretoken.gateway.model.ModelCatalog}, filled by the
 * application and read by any request thread.
 */
@NullMarked
package dev.foretoken.gateway.model;

import org.jspecify.annotations.NullMarked;
