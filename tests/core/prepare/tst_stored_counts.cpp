// SPDX-License-Identifier: GPL-3.0-or-later
// Prepared patterns as they are stored: with the scaling they name they are what gather() gives.
#include "core/prepare/prepared_patterns.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>
#include <cstring>

using namespace dispersa;

namespace {

constexpr PatternShape shape = {3, 5}; // not square

/// Six patterns; whole counts, or halves in every second pattern.
ScanPtr scan(bool whole)
{
    std::vector<float> values;
    for (int i = 0; i < 6 * int(shape.count()); ++i)
        values.push_back(float(i % 37) * 30 + (!whole && i / int(shape.count()) % 2 ? 0.5f : 0.0f));
    return std::make_shared<MemoryScan>(ScanShape{2, 3}, shape, values, "scan");
}

std::vector<float> scaled(const std::vector<std::byte>& stored, CountType type, CountScaling scaling)
{
    std::vector<float> values(stored.size() / countSize(type));
    for (std::size_t i = 0; i < values.size(); ++i) {
        double count = 0;
        if (type == CountType::UInt16) {
            std::uint16_t whole;
            std::memcpy(&whole, stored.data() + 2 * i, 2);
            count = whole;
        } else {
            float real;
            std::memcpy(&real, stored.data() + 4 * i, 4);
            count = real;
        }
        values[i] = float(scaling.kind == Scaling::Linear       ? count / scaling.divisor
                          : scaling.kind == Scaling::SquareRoot ? std::sqrt(count / scaling.divisor)
                                                                : std::log1p(count) / std::log1p(scaling.divisor));
    }
    return values;
}

} // namespace

class TestStoredCounts : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void leadToWhatGatherGives_data()
    {
        QTest::addColumn<bool>("whole");
        QTest::addColumn<int>("scaling");
        for (const bool whole : {true, false})
            for (const Scaling scaling : {Scaling::Linear, Scaling::SquareRoot, Scaling::Log})
                QTest::addRow("%s, %s", whole ? "whole" : "some halves", scalingName(scaling)) << whole << int(scaling);
    }

    void leadToWhatGatherGives()
    {
        QFETCH(bool, whole);
        QFETCH(int, scaling);
        DiffractionOptions options;
        options.scaling = Scaling(scaling);
        const auto made = PreparedPatterns::create({{scan(whole), {0, 0, 2, 3}}}, options, {}, {}, {});
        QVERIFY(made);
        const auto patterns = (*made)->withQuantile(700);
        QVERIFY(patterns->countType() == (whole ? CountType::UInt16 : CountType::Float32));
        const std::vector<std::int64_t> indices = {5, 0, 1, 1};
        const std::size_t values = indices.size() * std::size_t(shape.count());
        std::vector<std::byte> stored(values * countSize(patterns->countType()));
        std::vector<float> expected(values);
        QVERIFY(patterns->gatherCounts(indices, stored));
        QVERIFY(patterns->gather(indices, expected));
        const auto found = scaled(stored, patterns->countType(), patterns->countScaling());
        for (std::size_t i = 0; i < values; ++i)
            QVERIFY(std::abs(found[i] - expected[i]) <= 1e-6f * std::max(1.0f, expected[i]));
    }

    void refuses()
    {
        const auto patterns = PreparedPatterns::create({{scan(true), {0, 0, 2, 3}}}, {}, {}, {}, {}).value();
        std::vector<std::byte> room(std::size_t(shape.count()) * 2);
        const std::vector<std::int64_t> outside = {6}, two = {0, 1};
        QCOMPARE(patterns->gatherCounts(outside, room).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(patterns->gatherCounts(two, room).error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestStoredCounts)
#include "tst_stored_counts.moc"
