/**
 * Owns what a user of the {@code openai-java} library sees: answers, streams, errors. Does not look behind that library's interface. Entry
 * type: {@link dev.foretoken.e2e.openai.OpenAi}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.openai;
