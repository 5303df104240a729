/**
 * Owns what a user of LangChain4j's OpenAI models sees. Does not look behind their interface. Entry type: {@link
 * dev.foretoken.e2e.langchain.LangChainTest}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.langchain;
