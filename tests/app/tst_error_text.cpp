// SPDX-License-Identifier: GPL-3.0-or-later
// Every error code has a sentence of its own that names the file it is about.
#include "app/text/error_text.h"

#include <QSet>
#include <QTest>

using namespace dispersa;

class TestErrorText : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyCodeHasASentence()
    {
        QSet<QString> seen;
        for (int code = 0; code <= int(ErrorCode::Internal); ++code) {
            const QString text = errorText({ErrorCode(code), {}, "/data/0033 4DSTEM.h5", {}, {}});
            QVERIFY2(text.size() > 15, errorCodeName(ErrorCode(code)));
            QVERIFY2(text.endsWith(u'.'), qPrintable(text));
            QVERIFY2(!text.contains(u'%'), qPrintable(text));
            QVERIFY2(!seen.contains(text), qPrintable(text));
            seen.insert(text);
        }
    }

    void fileErrorsNameTheFile_data()
    {
        QTest::addColumn<int>("code");
        for (const ErrorCode code : {ErrorCode::FileNotFound, ErrorCode::FileUnreadable, ErrorCode::FileTruncated,
                                     ErrorCode::FormatUnknown, ErrorCode::FormatInvalid, ErrorCode::FormatUnsupported,
                                     ErrorCode::ScanShapeUnknown, ErrorCode::ModelInvalid, ErrorCode::WriteFailed})
            QTest::newRow(errorCodeName(code)) << int(code);
    }
    void fileErrorsNameTheFile()
    {
        QFETCH(int, code);
        QVERIFY(
            errorText({ErrorCode(code), "Particulars.", "/data/0033 4DSTEM.h5", {}, {}}).contains("0033 4DSTEM.h5"));
    }

    void argumentsAreShown()
    {
        const QString maps = errorText(
            {ErrorCode::ShapeMismatch, {}, {}, {"108 x 45", "110 x 45", "0033", "Te", "map_from_scan"}, {}});
        QVERIFY2(maps.contains("0033") && maps.contains("Te") && maps.contains("108 x 45") && maps.contains("Align"),
                 qPrintable(maps));
        const QString shapes = errorText({ErrorCode::ShapeMismatch, {}, {}, {"110 x 45", "111 x 45"}, {}});
        QVERIFY(shapes.contains("110 x 45") && shapes.contains("111 x 45"));
        QVERIFY(errorText({ErrorCode::StudyInvalid, {}, {}, {"map_filter.size"}, {}}).contains("map_filter.size"));
        const QString small = errorText({ErrorCode::PatternTooSmall, {}, {}, {"64", "94", "4"}, {}});
        QVERIFY(small.contains("64") && small.contains("94") && small.contains('4'));
    }

    void warningsNameTheirScanOnce()
    {
        QCOMPARE(warningText({"x", "The map is constant.", {}, "0033"}), QString("Scan 0033: The map is constant."));
        QCOMPARE(warningText({"x", "The map of 0033 is constant.", {}, "0033"}),
                 QString("The map of 0033 is constant."));
    }
};

QTEST_GUILESS_MAIN(TestErrorText)
#include "tst_error_text.moc"
