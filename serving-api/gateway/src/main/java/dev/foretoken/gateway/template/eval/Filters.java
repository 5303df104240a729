package dev.foretoken.gateway.template.eval;

import java.util.HashMap;
import java.util.Map;

/** Every filter a template can use. */
final class Filters {
    static final Map<String, Filter> BY_NAME = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> filters = new HashMap<>();
        filters.putAll(TextFilters.BY_NAME);
        filters.putAll(NumberFilters.BY_NAME);
        filters.putAll(SequenceFilters.BY_NAME);
        filters.putAll(SelectionFilters.BY_NAME);
        filters.putAll(OrderFilters.BY_NAME);
        filters.put("tojson", JsonFilter::apply);
        return Map.copyOf(filters);
    }
}
