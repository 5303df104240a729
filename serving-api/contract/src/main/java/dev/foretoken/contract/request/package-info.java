/**
 * Owns what a caller asks of a sequence model, after the edge has turned text into token ids and checked every range.
 *
 * <p>Does not know text, protocols or models. Entry type: {@link dev.foretoken.contract.request.GenerationRequest}. All types are
 * immutable; any thread may use them.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.request;
