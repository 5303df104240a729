/**
 * Owns the syntax of chat templates: source text to tokens to a tree of records.
 *
 * <p>Does not evaluate anything. The white space rules are Jinja2's with {@code trim_blocks} and {@code lstrip_blocks}, as
 * Hugging Face transformers sets them. Entry type: {@link dev.foretoken.gateway.template.syntax.TemplateParser}; pure
 * functions, called by any thread.
 */
@NullMarked
package dev.foretoken.gateway.template.syntax;

import org.jspecify.annotations.NullMarked;
