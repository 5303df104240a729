package dev.foretoken.gateway.template.value;

/** What counts as true, as in Python. */
public final class Truth {
    private Truth() {}

    public static boolean of(Value value) {
        return switch (value) {
            case None _, Undefined _ -> false;
            case Bool(boolean truth) -> truth;
            case Int(var number) -> number.signum() != 0;
            case Flt(double number) -> number != 0;
            case Str(String text, var _) -> !text.isEmpty();
            case Seq(var items, var kind) -> kind == Seq.Kind.GENERATOR || !items.isEmpty();
            case Dict(var entries) -> !entries.isEmpty();
            case Namespace _, Callable _ -> true;
        };
    }
}
