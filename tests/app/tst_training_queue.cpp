// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings that wait: in order, as they were, forgotten on demand.
#include "app/pages/train/training_queue.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace dispersa;

class TestTrainingQueue : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void keepsOrderAndStudy()
    {
        TrainingQueue queue(nullptr);
        queue.show();
        auto* text = queue.findChild<QLabel*>("train_queue_text");
        auto* forget = queue.findChild<QPushButton*>("train_queue_clear");
        QVERIFY(queue.isEmpty() && !text->isVisible() && !forget->isVisible());
        Study study;
        study.recipe.name = "quick";
        queue.add({study, "a.dispersa", {}});
        study.recipe.name = "paper"; // a later edit
        queue.add({study, "b.dispersa", {}});
        QVERIFY(text->isVisible());
        QVERIFY2(text->text().contains('2'), qPrintable(text->text()));
        const auto first = queue.takeNext();
        QVERIFY(first && first->study.recipe.name == "quick" && first->studyFile == "a.dispersa");
        QCOMPARE(queue.takeNext()->studyFile, QString("b.dispersa"));
        QVERIFY(!queue.takeNext() && !text->isVisible());
    }

    void takesOneOut()
    {
        TrainingQueue queue(nullptr);
        queue.show();
        for (const char* file : {"a", "b", "c", "d", "e", "f"})
            queue.add({{}, file, {}});
        // The next four are shown; the number tells of the others.
        QCOMPARE(queue.findChildren<QToolButton*>("train_queue_remove").size(), 4);
        queue.findChild<QWidget*>("train_queue_item_1")->findChild<QToolButton*>()->click();
        QVERIFY(queue.findChild<QLabel*>("train_queue_text")->text().contains('5'));
        queue.remove(7); // there is none
        QStringList order;
        while (const auto next = queue.takeNext())
            order << next->studyFile;
        QCOMPARE(order.join(' '), QString("a c d e f"));
    }

    void forgets()
    {
        TrainingQueue queue(nullptr);
        queue.show();
        queue.add({});
        QTest::mouseClick(queue.findChild<QPushButton*>("train_queue_clear"), Qt::LeftButton);
        QVERIFY(queue.isEmpty());
    }

    void asksForWhatTheFormShows()
    {
        TrainingQueue queue(nullptr);
        QSignalSpy asked(&queue, &TrainingQueue::addRequested);
        auto* add = queue.findChild<QPushButton*>("train_queue_add");
        queue.setCanAdd(false);
        add->click();
        QCOMPARE(asked.size(), 0);
        queue.setCanAdd(true);
        add->click();
        QCOMPARE(asked.size(), 1);
    }
};

QTEST_MAIN(TestTrainingQueue)
#include "tst_training_queue.moc"
