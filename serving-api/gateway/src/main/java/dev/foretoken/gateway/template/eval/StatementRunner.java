package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.Expression;
import dev.foretoken.gateway.template.syntax.FilterStep;
import dev.foretoken.gateway.template.syntax.Statement;
import dev.foretoken.gateway.template.syntax.Target;
import dev.foretoken.gateway.template.value.Namespace;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.util.List;
import java.util.Map;

/** Runs statements. */
final class StatementRunner {
    /** How a list of statements ended. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Rendering rendering;
    private final ExpressionEvaluator expressions;

    StatementRunner(Rendering rendering) {
        this.rendering = rendering;
        this.expressions = new ExpressionEvaluator(rendering);
    }

    Rendering rendering() {
        return rendering;
    }

    ExpressionEvaluator expressions() {
        return expressions;
    }

    Flow run(List<Statement> statements, Scope scope, Output output) {
        rendering.budget().enter();
        for (Statement statement : statements) {
            rendering.budget().step();
            Flow flow;
            try {
                flow = run(statement, scope, output);
            } catch (TemplateError e) {
                throw e.at(statement.line());
            }
            if (flow != Flow.NEXT) {
                rendering.budget().leave();
                return flow;
            }
        }
        rendering.budget().leave();
        return Flow.NEXT;
    }

    private Flow run(Statement statement, Scope scope, Output output) {
        switch (statement) {
            case Statement.Text(String text, var _) -> output.append(text);
            case Statement.Print(var value, var _) -> output.append(rendering.str(expressions.evaluate(value, scope)));
            case Statement.Assign(var target, var value, var _) ->
                assign(target, expressions.evaluate(value, scope), scope);
            case Statement.AssignBlock(var target, var filters, var body, var _) ->
                assign(target, captured(body, filters, new Scope(scope)), scope);
            case Statement.FilterBlock(var filters, var body, var _) ->
                output.append(rendering.str(captured(body, filters, new Scope(scope))));
            case Statement.Macro(String name, var signature, var body, var _) ->
                scope.set(name, new MacroFunction(name, signature, body, scope, this));
            case Statement.CallBlock block -> output.append(rendering.str(callBlock(block, scope)));
            case Statement.If(var branches, var otherwise, var _) -> {
                return conditional(branches, otherwise, scope, output);
            }
            case Statement.For loop -> {
                return new LoopRunner(loop, scope, this).run(output);
            }
            case Statement.With(var assignments, var body, var _) -> {
                return with(assignments, body, scope, output);
            }
            case Statement.OtherTemplate(String tag, var _) ->
                throw new TemplateError("'" + tag + "' refers to another template, a chat template stands alone");
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.NEXT;
    }

    private Flow conditional(List<Statement.Branch> branches, List<Statement> otherwise, Scope scope, Output output) {
        for (Statement.Branch branch : branches) {
            if (expressions.isTrue(branch.condition(), scope)) {
                return run(branch.body(), scope, output);
            }
        }
        return run(otherwise, scope, output);
    }

    private Flow with(List<Statement.Assign> assignments, List<Statement> body, Scope scope, Output output) {
        Scope inner = new Scope(scope);
        for (Statement.Assign assign : assignments) {
            assign(assign.target(), expressions.evaluate(assign.value(), scope), inner);
        }
        return run(body, inner, output);
    }

    private Value callBlock(Statement.CallBlock block, Scope scope) {
        MacroFunction caller = new MacroFunction("caller", block.signature(), block.body(), scope, this);
        return expressions.call(block.call(), scope, Map.of("caller", caller));
    }

    /** What statements write, as a value. */
    String captured(List<Statement> body, Scope scope) {
        Output output = new Output(rendering.budget(), rendering.maxOutput());
        run(body, scope, output);
        return output.toString();
    }

    private Value captured(List<Statement> body, List<FilterStep> filters, Scope scope) {
        Value value = new Str(captured(body, scope));
        for (FilterStep filter : filters) {
            value = expressions.filtered(value, filter, scope);
        }
        return value;
    }

    void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Variable(String name) -> scope.set(name, value);
            case Target.Several(var targets) -> unpack(targets, value, scope);
            case Target.NamespaceAttribute(String name, String attribute) -> {
                if (!(scope.get(name) instanceof Namespace namespace)) {
                    throw new TemplateError("'" + name + "." + attribute + "' cannot be set, '" + name
                            + "' is no namespace, make one with namespace()");
                }
                namespace.set(attribute, value);
            }
        }
    }

    private void unpack(List<Target> targets, Value value, Scope scope) {
        List<Value> items = Iteration.of(value);
        if (items.size() != targets.size()) {
            throw new TemplateError("an assignment to " + targets.size() + " names got " + items.size() + " values");
        }
        for (int i = 0; i < items.size(); i++) {
            assign(targets.get(i), items.get(i), scope);
        }
    }

    Value evaluate(Expression expression, Scope scope) {
        return expressions.evaluate(expression, scope);
    }
}
