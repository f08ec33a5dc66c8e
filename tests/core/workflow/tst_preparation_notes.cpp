// SPDX-License-Identifier: GPL-3.0-or-later
// What a run says about the dose of its scans.
#include "core/workflow/preparation_notes.h"

#include <QtTest>

#include <algorithm>

using namespace dispersa;

namespace {

std::string codes(const PreparationReport& report, std::optional<double> trainingDose)
{
    std::string all;
    for (const Warning& note : preparationNotes("0037", report, trainingDose))
        all += note.code + " ";
    return all;
}

PreparationReport recordedAt(double dose_counts, double saturatedShare = 0)
{
    PreparationReport report;
    report.levels = DetectorLevels{40, dose_counts, saturatedShare};
    return report;
}

} // namespace

class TestPreparationNotes : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void doses()
    {
        QCOMPARE(codes(recordedAt(2e5), {}), "");
        QCOMPARE(codes(recordedAt(2.2e5), 2e5), ""); // as areas differ at one dose
        QCOMPARE(codes(recordedAt(1.2e5), 2e5), "dose_differs ");
        QCOMPARE(codes(recordedAt(3e5), 2e5), "dose_differs ");
        QCOMPARE(codes(recordedAt(3e5, 0.75), 2e5), "dose_unknown ");
        QCOMPARE(codes(PreparationReport(), 2e5), ""); // nobody compared counts per dose
        const auto note = preparationNotes("0037", recordedAt(1.2e5), 2e5).front();
        QVERIFY(note.message.find("'0037' has 0.6 times the counts") != std::string::npos);
        const auto hidden = preparationNotes("0037", recordedAt(1.2e5, 0.625), {}).front();
        QVERIFY(hidden.message.find("hold 62 % of the counts") != std::string::npos);
        const auto empty = preparationNotes("0037", recordedAt(0), {}).front();
        QCOMPARE(empty.code, std::string("dose_unknown"));
        QVERIFY(empty.message.find("no pattern has a direct beam") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestPreparationNotes)
#include "tst_preparation_notes.moc"
