package dev.foretoken.gateway.picker;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.Contact;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ReportedEngine;
import java.util.List;
import java.util.Optional;

/**
 * An engine in a process that answers HTTP, too, where it says.
 *
 * @param address empty = it does not
 */
record HttpReplica(String name, FakeEngine engine, Optional<String> address) implements ReportedEngine {

    EngineEndpoint endpoint() {
        return new EngineEndpoint(name, this);
    }

    @Override
    public Optional<String> callersAddress() {
        return address;
    }

    @Override
    public Contact contact() {
        return Contact.REPORTING;
    }

    /** Just now, whatever the clock says. */
    @Override
    public long reportedAt() {
        return System.nanoTime();
    }

    @Override
    public Generation submit(GenerationRequest request) {
        throw new AssertionError("somebody else sends requests");
    }

    @Override
    public List<ModelInfo> models() {
        return engine.models();
    }

    @Override
    public LoadReport report() {
        return engine.report();
    }
}
