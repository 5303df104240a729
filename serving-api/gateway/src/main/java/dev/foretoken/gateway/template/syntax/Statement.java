package dev.foretoken.gateway.template.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that writes or changes names. */
public sealed interface Statement {
    int line();

    record Text(String text, int line) implements Statement {}

    record Print(Expression value, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    record For(
            Target target,
            Expression iterable,
            @Nullable Expression filter,
            List<Statement> body,
            List<Statement> otherwise,
            boolean recursive,
            int line)
            implements Statement {}

    record Assign(Target target, Expression value, int line) implements Statement {}

    record AssignBlock(Target target, List<FilterStep> filters, List<Statement> body, int line) implements Statement {}

    record Macro(String name, Signature signature, List<Statement> body, int line) implements Statement {}

    record CallBlock(Expression.Call call, Signature signature, List<Statement> body, int line) implements Statement {}

    record FilterBlock(List<FilterStep> filters, List<Statement> body, int line) implements Statement {}

    record With(List<Assign> assignments, List<Statement> body, int line) implements Statement {}

    /** {@code include}, {@code import} and the like: a chat template stands alone. */
    record OtherTemplate(String tag, int line) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}
}
