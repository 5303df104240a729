/**
 * Owns chat templates: a checkpoint's own template and a conversation in, the prompt's text out.
 *
 * <p>Does not tokenize and knows neither HTTP nor gRPC nor any framework; a template reaches nothing but the data it is
 * given, within bounds. Entry type: {@link dev.foretoken.gateway.template.ChatTemplate}, immutable, called by any number of
 * request threads.
 */
@NullMarked
package dev.foretoken.gateway.template;

import org.jspecify.annotations.NullMarked;
