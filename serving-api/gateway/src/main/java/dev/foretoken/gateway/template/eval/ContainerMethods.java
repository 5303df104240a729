package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The methods of dicts and of lists. Those that would change their value exist only to say that they cannot. */
final class ContainerMethods {
    static final Map<String, Method<Dict>> OF_DICTS = ofDicts();
    static final Map<String, Method<Seq>> OF_SEQUENCES = ofSequences();

    private ContainerMethods() {}

    private static Map<String, Method<Dict>> ofDicts() {
        Map<String, Method<Dict>> methods = new HashMap<>();
        methods.put("get", (dict, args, r) -> {
            Value found = dict.get(args.require(0, "key"));
            return found != null ? found : args.get(1, "default", None.NONE);
        });
        methods.put(
                "keys", (dict, args, r) -> new Seq(List.copyOf(dict.entries().keySet()), Seq.Kind.KEYS));
        methods.put(
                "values", (dict, args, r) -> new Seq(List.copyOf(dict.entries().values()), Seq.Kind.VALUES));
        methods.put("items", (dict, args, r) -> new Seq(pairs(dict.entries()), Seq.Kind.ITEMS));
        methods.put("copy", (dict, args, r) -> dict);
        for (String name : List.of("clear", "pop", "popitem", "setdefault", "update")) {
            methods.put(name, (dict, args, r) -> refuseChange("a dict", name));
        }
        return methods;
    }

    private static Map<String, Method<Seq>> ofSequences() {
        Map<String, Method<Seq>> methods = new HashMap<>();
        methods.put(
                "count",
                (seq, args, r) -> Int.of(seq.items().stream()
                        .filter(item -> r.equal(item, args.require(0, "value")))
                        .count()));
        methods.put("index", (seq, args, r) -> index(seq, args.require(0, "value"), r));
        methods.put("copy", (seq, args, r) -> seq);
        for (String name : List.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort")) {
            methods.put(name, (seq, args, r) -> refuseChange("a list", name));
        }
        return methods;
    }

    private static Value refuseChange(String what, String method) {
        throw new TemplateError("a template cannot change " + what + ", '" + method + "' is not allowed");
    }

    private static Value index(Seq seq, Value wanted, Rendering rendering) {
        for (int i = 0; i < seq.items().size(); i++) {
            if (rendering.equal(seq.items().get(i), wanted)) {
                return Int.of(i);
            }
        }
        throw new TemplateError("the value looked for by 'index' is not in the list");
    }

    /** Keys and values as tuples of two. */
    static List<Value> pairs(Map<Value, Value> entries) {
        List<Value> pairs = new ArrayList<>(entries.size());
        entries.forEach((key, value) -> pairs.add(Seq.tuple(key, value)));
        return pairs;
    }
}
