// SPDX-License-Identifier: GPL-3.0-or-later
// Asks which item of a file to use, and as what, with a picture of the chosen one.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QDialog>

#include "app/tasks/latest_job.h"
#include "core/workflow/item_preview.h"

class QComboBox;
class QLabel;
class QPushButton;
class QRadioButton;
class QTableWidget;

namespace dispersa {

class MapView;
class PatternView;

/// What the user chose. A map has a quantity; its unit may be left to the values.
struct DatasetChoice {
    FileItem item;
    bool asMap = false;
    std::string quantity = {};
    std::optional<MapUnit> unit = {};
};

class DatasetDialog : public QDialog {
    Q_OBJECT
  public:
    /// What may be chosen.
    enum class Wanted { Anything, Patterns, Maps };

    /// `current`: the item that is in use, chosen first; may be empty.
    DatasetDialog(const FileInfo& file, Wanted wanted, const std::string& current, TaskRunner& tasks, QWidget* parent);
    ~DatasetDialog() override;
    DatasetChoice choice() const;

  private:
    void buildTable();
    QWidget* buildUse();
    void chooseItem();
    void showPreview(const Result<ItemPreview>& preview);
    void refresh();
    const FileItem* chosen() const;

    const FileInfo m_file;
    const Wanted m_wanted;
    LatestJob m_previewJob;
    QTableWidget* m_table;
    PatternView* m_pattern;
    MapView* m_map;
    QRadioButton* m_asPatterns;
    QRadioButton* m_asMap;
    QComboBox* m_quantity;
    QComboBox* m_unit;
    QLabel* m_hint;
    QPushButton* m_ok = nullptr;
};

} // namespace dispersa
