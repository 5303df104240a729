/**
 * Owns the way from a caller's wishes to the events of an answer, the same for every protocol: checks ranges, encodes the prompt, submits to
 * an engine, detokenizes, finds stop strings, counts usage, keeps the deadline, cancels.
 *
 * <p>Does not parse or write a protocol. Entry type: {@link dev.foretoken.gateway.answer.Answers}. How a protocol uses it, on one (virtual)
 * thread per request:
 *
 * <pre>{@code
 * long arrivedAt = answers.now();
 * ServedModel model = catalog.require(name);
 * AnswerSpec spec = new AnswerSpec(new PromptInput.Text("Once"), null, SamplingSpec.DEFAULT,
 *         StopSpec.afterTokens(16L), OutputSpec.TEXT_ONLY, ServiceSpec.DEFAULT);
 * AnswerPlan plan = answers.plan(spec, model, requestId, caller.account());
 * try (AnswerStream answer = answers.open(plan, arrivedAt)) {
 *     whenTheClientLeaves(answer::cancel);
 *     for (Optional<AnswerEvent> event = answer.next(); event.isPresent(); event = answer.next()) {
 *         switch (event.get()) {
 *             case Started s -> ...
 *             case PromptScored p -> ...
 *             case Token t -> write(t.text());
 *             case Ended e -> write(e.text(), e.finish());
 *         }
 *     }
 *     write(answer.usage());
 * }
 * }</pre>
 *
 * <p>Every failure is a {@link dev.foretoken.contract.ForetokenException}; show callers
 * {@link dev.foretoken.gateway.error.PublicError#of} of it. Only {@link dev.foretoken.gateway.answer.AnswerStream#cancel} may be called by
 * another thread.
 */
@NullMarked
package dev.foretoken.gateway.answer;

import org.jspecify.annotations.NullMarked;
