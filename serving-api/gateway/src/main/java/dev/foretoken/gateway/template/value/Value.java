package dev.foretoken.gateway.template.value;

/** Anything a template can name. Immutable except {@link Namespace} and the counters inside some {@link Callable}s. */
public sealed interface Value permits None, Undefined, Bool, Int, Flt, Str, Seq, Dict, Namespace, Callable {}
