package dev.foretoken.gateway.tenant;

import java.sql.SQLException;

/** A {@link QuotaLedger} of several gateways, which may be away. */
interface SharedLedger extends AutoCloseable {

    QuotaLedger.Lease exchange(QuotaLedger.Quota quota, long returned, long wanted) throws SQLException;

    int hold(String tenant, int underWay, int wanted, int limit) throws SQLException;

    /** Says that this gateway is there; returns how many are, itself included. */
    int gateways() throws SQLException;

    /** Makes what it needs where that is not there yet. */
    void makeTables() throws SQLException;

    @Override
    void close();
}
