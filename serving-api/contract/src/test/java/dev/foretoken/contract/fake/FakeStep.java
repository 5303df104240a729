package dev.foretoken.contract.fake;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import java.util.Collections;
import java.util.List;

/** Builds steps by hand for the fake runtime's own tests. */
final class FakeStep {

    static final int UNITS = 16;

    final FakeRuntime runtime;
    final StepPlan plan = new StepPlan(new StepCapacity(8, 64, 256, 4));
    private final FakeModel model;

    FakeStep(FakeModel model) {
        this.model = model;
        this.runtime = new FakeRuntime(model);
        int kinds = model.shape().base().caches().kinds().size();
        runtime.reserve(new CacheReservation(List.of(Collections.nCopies(kinds, UNITS)), UNITS));
    }

    static GenerationRequest prompt(int... tokens) {
        return GenerationRequest.greedy("r", "m", Prompt.of(tokens), 8);
    }

    /** A row that computes the prompt's positions [first, end) and draws when it reaches the prompt's end. */
    void addRow(GenerationRequest request, int first, int end, int... units) {
        int wants = end == request.prompt().size() ? StepPlan.WANT_SAMPLE : 0;
        ReferenceView view = new ReferenceView(
                request, 0, request.prompt().size(), model.shape().contextTokens());
        plan.addRow(view, 0, RowKind.COMPUTE, first, wants);
        for (int position = first; position < end; position++) {
            plan.addToken(request.prompt().tokens().get(position));
        }
        addTables(units);
    }

    void addTables(int... units) {
        for (int kind = 0; kind < model.shape().base().caches().kinds().size(); kind++) {
            plan.beginTable(kind);
            for (int unit : units) {
                plan.addUnit(kind, unit);
            }
        }
    }

    /** Executes the step and returns the token that its last row drew. */
    int token() {
        int row = plan.rows() - 1;
        int token = runtime.execute(plan).token(row, 0);
        plan.clear();
        return token;
    }

    void execute() {
        runtime.execute(plan);
        plan.clear();
    }
}
