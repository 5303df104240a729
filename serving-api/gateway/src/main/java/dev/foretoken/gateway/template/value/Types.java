package dev.foretoken.gateway.template.value;

/** Python's names of the kinds of values, for messages. */
public final class Types {
    private Types() {}

    public static String name(Value value) {
        return switch (value) {
            case None _ -> "NoneType";
            case Undefined _ -> "Undefined";
            case Bool _ -> "bool";
            case Int _ -> "int";
            case Flt _ -> "float";
            case Str _ -> "str";
            case Seq seq -> name(seq.kind());
            case Dict _ -> "dict";
            case Namespace _ -> "Namespace";
            case Callable _ -> "function";
        };
    }

    private static String name(Seq.Kind kind) {
        return switch (kind) {
            case LIST -> "list";
            case TUPLE, GROUP -> "tuple";
            case RANGE -> "range";
            case KEYS -> "dict_keys";
            case VALUES -> "dict_values";
            case ITEMS -> "dict_items";
            case GENERATOR -> "generator";
        };
    }

    /** The name with its article: {@code an int}. */
    public static String article(Value value) {
        String name = name(value);
        return ("aeiouU".indexOf(name.charAt(0)) >= 0 ? "an " : "a ") + name;
    }
}
