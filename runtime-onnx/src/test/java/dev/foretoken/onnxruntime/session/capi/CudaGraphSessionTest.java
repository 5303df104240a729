package dev.foretoken.onnxruntime.session.capi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphSessionContract;
import dev.foretoken.onnxruntime.session.SessionFactory;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract on the first GPU; skipped with the reason where there is none. */
class CudaGraphSessionTest extends GraphSessionContract {

    static final DeviceSpec FIRST = new DeviceSpec(DeviceSpec.Kind.CUDA, 0, 1, CpuList.ANY);

    private final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);

    @BeforeEach
    void skipWithoutGpu() {
        assumeGpu(factory);
    }

    @AfterEach
    void close() {
        factory.close();
    }

    static void assumeGpu(CApiSessionFactory factory) {
        if (factory.availability(FIRST) instanceof Availability.Missing(String reason)) {
            assumeTrue(false, "Needs a GPU: " + reason);
        }
    }

    @Override
    protected SessionFactory factory() {
        return factory;
    }

    @Override
    protected DeviceSpec device() {
        return FIRST;
    }

    @Override
    protected Set<ElementType> refusedInputs() {
        return Set.of();
    }
}
