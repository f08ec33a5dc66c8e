// SPDX-License-Identifier: GPL-3.0-or-later
// The rotation between scan and diffraction in the calibration card: typed, stepped, emptied, undone.
#include "app/document/study_document.h"
#include "app/pages/prepare/map_steps.h"

#include <QDoubleSpinBox>
#include <QLabel>
#include <QTest>

using namespace dispersa;

class TestCalibrationCard : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init()
    {
        m_document = std::make_unique<StudyDocument>();
        m_card = std::make_unique<CalibrationCard>(*m_document, nullptr);
        m_field = m_card->findChild<QDoubleSpinBox*>("qr_rotation");
        QVERIFY(m_field);
    }
    void cleanup() { m_card.reset(); }

    void beginsWithWhatTheFilesSay()
    {
        QVERIFY(!rotation());
        QCOMPARE(m_field->text(), m_field->specialValueText());
    }

    void typedAnglesEndInTheStudy()
    {
        type("-88.5");
        QCOMPARE(rotation().value_or(0), -88.5);
        QVERIFY(m_field->text().endsWith(QString::fromUtf8("°")));
        type("0"); // an angle, unlike a size of zero
        QVERIFY(rotation().has_value());
        QCOMPARE(*rotation(), 0.0);
    }

    void anEmptyFieldTakesWhatTheFilesSay()
    {
        type("12");
        QVERIFY(rotation());
        type("");
        QVERIFY(!rotation());
        QCOMPARE(m_field->text(), m_field->specialValueText());
    }

    void steppingBeginsAtZero()
    {
        m_field->stepBy(2);
        QCOMPARE(rotation().value_or(0), 2.0);
        type("");
        QTest::keyClick(m_field, Qt::Key_Down);
        QCOMPARE(rotation().value_or(0), -1.0);
    }

    void otherFieldsLeaveItAlone()
    {
        Calibration exact;
        exact.qrRotation_deg = 12.3456789;
        m_document->setCalibration(exact);
        m_card->findChild<QDoubleSpinBox*>("scan_step")->setValue(1.5);
        QCOMPARE(rotation().value_or(0), 12.3456789); // not the rounded number that the field shows
    }

    void undoBringsTheFormerAngleBack()
    {
        type("10");
        type("20");
        m_document->undoStack().undo();
        QCOMPARE(rotation().value_or(0), 10.0);
        QCOMPARE(m_field->value(), 10.0);
        m_document->undoStack().undo();
        QVERIFY(!rotation());
        QCOMPARE(m_field->text(), m_field->specialValueText());
    }

    void theNoteSaysWhatIsInUse()
    {
        auto opened = std::make_shared<OpenedScan>();
        opened->calibration.qrRotation_deg = -88.5; // the file's
        Study study;
        StudyScan scan;
        scan.name = "0033";
        study.scans.push_back(scan);
        m_document->reset(study, {});
        m_document->setOpened("0033", opened);
        bool said = false;
        for (const QLabel* label : m_card->findChildren<QLabel*>())
            said = said || label->text().contains(QString::fromUtf8("rotation -88.5°"));
        QVERIFY(said);
        m_document->undoStack().setClean();
    }

  private:
    std::optional<double> rotation() const { return m_document->study().calibration.qrRotation_deg; }
    void type(const QString& text)
    {
        m_field->selectAll();
        QTest::keyClick(m_field, Qt::Key_Delete);
        QTest::keyClicks(m_field, text);
        QTest::keyClick(m_field, Qt::Key_Return);
    }

    std::unique_ptr<StudyDocument> m_document;
    std::unique_ptr<CalibrationCard> m_card;
    QDoubleSpinBox* m_field = nullptr;
};

QTEST_MAIN(TestCalibrationCard)
#include "tst_calibration_card.moc"
