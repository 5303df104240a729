package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.Statement;
import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;

/** Runs one {@code for}, and itself again for {@code loop(...)} in a recursive one. */
final class LoopRunner {
    private final Statement.For loop;
    private final Scope scope;
    private final StatementRunner runner;

    LoopRunner(Statement.For loop, Scope scope, StatementRunner runner) {
        this.loop = loop;
        this.scope = scope;
        this.runner = runner;
    }

    StatementRunner.Flow run(Output output) {
        run(runner.evaluate(loop.iterable(), scope), 1, output);
        return StatementRunner.Flow.NEXT;
    }

    private void run(Value iterable, int depth, Output output) {
        LoopItems items = new LoopItems(Iteration.of(iterable), this::isWanted);
        LoopVariable variable = new LoopVariable(items, depth, runner.rendering(), inner -> recurse(inner, depth));
        boolean completed = false;
        while (variable.next()) {
            StatementRunner.Flow flow = pass(variable, output);
            completed |= flow == StatementRunner.Flow.NEXT;
            if (flow == StatementRunner.Flow.BREAK) {
                break;
            }
        }
        // Jinja2 runs 'else' when no pass came to its end, not only when there was none.
        if (!completed) {
            runner.run(loop.otherwise(), new Scope(scope), output);
        }
    }

    private StatementRunner.Flow pass(LoopVariable variable, Output output) {
        runner.rendering().budget().step();
        Scope inner = new Scope(scope);
        inner.set("loop", variable);
        runner.assign(loop.target(), variable.item(), inner);
        return runner.run(loop.body(), inner, output);
    }

    private boolean isWanted(Value item) {
        if (loop.filter() == null) {
            return true;
        }
        Scope inner = new Scope(scope);
        runner.assign(loop.target(), item, inner);
        return runner.expressions().isTrue(loop.filter(), inner);
    }

    private Value recurse(Arguments arguments, int depth) {
        if (!loop.recursive()) {
            throw new TemplateError("'loop(...)' needs a loop that is marked 'recursive'");
        }
        Output output =
                new Output(runner.rendering().budget(), runner.rendering().maxOutput());
        run(arguments.require(0, "iterable"), depth + 1, output);
        return new Str(output.toString());
    }
}
