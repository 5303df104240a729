package dev.foretoken.contract.engine;

import java.util.List;

/** One engine's state: every model's load, and the memory budget they share (bytes). */
public record LoadReport(List<ModelLoad> models, long memoryBudgetBytes, long memoryUsedBytes, boolean draining) {
    public LoadReport {
        models = List.copyOf(models);
    }
}
