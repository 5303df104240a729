/**
 * Owns LoRA adapters: reads them as PEFT writes them, finds the linear maps that they change, and keeps those that are loaded, so that each
 * row of a step gets the additions of its own.
 *
 * <p>Does not multiply, and knows neither requests nor names. Entry types: {@link dev.foretoken.nativeruntime.adapters.AdapterSlots} and {@link
 * dev.foretoken.nativeruntime.adapters.AdapterReader}. The slots are the scheduler loop's; adapters are read on any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.adapters;
