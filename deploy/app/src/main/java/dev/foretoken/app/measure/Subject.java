package dev.foretoken.app.measure;

import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;

/**
 * A variant as it is opened to be measured.
 *
 * @param name as measurements call it, such as {@code toy@1/q4}
 * @param source of its files; its name and digest tell it from others
 * @param prefill of what it is asked
 * @param storedBytes of its files
 */
record Subject(String name, ModelSource source, RuntimeOptions options, PrefillOptions prefill, long storedBytes) {}
